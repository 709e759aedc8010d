import Methods
import Volumes

extension Anatomy {
  /// A made-up brain of nested ellipsoids, for simulations without files: a shell of grey matter, white matter, a ventricle, and a cerebellum
  /// below z = -30 mm; one tissue per voxel. No tissue fills half of it, so that its deviation is not 0.
  package static let phantom = phantom(texture: 0)

  /// The phantom with a texture of opposite sign on the two sides.
  package static func phantom(texture amount: Int8) -> Anatomy {
    let grid = Anatomy.grid, count = grid.voxelCount
    var grey = [UInt8](repeating: 0, count: count), white = grey, fluid = grey, brain = grey, tissues = grey
    var ventricle = [UInt8](repeating: 255, count: count), edge = grey
    var texture = [Int8](repeating: 0, count: count)
    for z in 0..<grid.shape[2] {
      for y in 0..<grid.shape[1] {
        for x in 0..<grid.shape[0] {
          let p = SIMD3(Float(x), Float(y), Float(z)) * 1.5 + SIMD3(-95.25, -113.25, -75)
          // The phantom has a right and a left: the ventricle is on the right.
          let outer = (p - SIMD3(0, -18, 10)) / SIMD3(60, 75, 60), inner = (p - SIMD3(15, -10, 15)) / 18
          let radius = (outer * outer).sum().squareRoot(), core = (inner * inner).sum().squareRoot()
          guard radius < 1 else { continue }
          let i = (z * grid.shape[1] + y) * grid.shape[0] + x
          brain[i] = 1
          texture[i] = x < 64 ? amount : -amount
          ventricle[i] = UInt8(min(max(core - 1, 0) * 18 * 4, 255))
          edge[i] = UInt8(min((1 - radius) * 60 * 4, 255))
          let tissue: Tissue =
            core < 1
            ? .ventricle
            : radius > 0.98 ? .fluid : p.z < -30 ? .cerebellum : radius > 0.8 ? .corticalGrey : .whiteMatter
          tissues[i] = tissue.bit
          switch tissue {
          case .ventricle, .fluid: fluid[i] = 255
          case .corticalGrey, .cerebellum: grey[i] = 255
          default: white[i] = 255
          }
        }
      }
    }
    return Anatomy(
      name: "phantom", digest: "", grey: grey, white: white, fluid: fluid, brain: brain, tissues: tissues,
      texture: texture, ventricleDistance: ventricle, edgeDistance: edge)
  }
}
