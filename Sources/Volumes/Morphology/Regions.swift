import Volumes

/// The connected regions of a mask (26-connected; 8-connected in a single slice) with their sizes.
package struct Regions {
  /// 0 outside, 1...count inside.
  package let labels: [Int32]
  /// Voxels of each region.
  package let sizes: [Int]

  package var count: Int { sizes.count }

  /// No region.
  package static let none = Regions(labels: [], sizes: [])

  private init(labels: [Int32], sizes: [Int]) { (self.labels, self.sizes) = (labels, sizes) }

  /// Regions smaller than `minimumVoxels` are left out.
  package init(of mask: Mask, minimumVoxels: Double = 0) {
    let components = mask.components()
    var sizes = [Int](repeating: 0, count: components.count)
    for label in components.labels.voxels where label != 0 { sizes[Int(label) - 1] += 1 }
    guard sizes.contains(where: { Double($0) < minimumVoxels }) else {
      (labels, self.sizes) = (components.labels.voxels, sizes)
      return
    }
    var numbers = [Int32](repeating: 0, count: components.count + 1), kept = [Int]()
    for (index, size) in sizes.enumerated() where Double(size) >= minimumVoxels {
      kept.append(size)
      numbers[index + 1] = Int32(kept.count)
    }
    labels = components.labels.voxels.map { numbers[Int($0)] }
    self.sizes = kept
  }

  /// For each region whether a voxel of it is set in `mask`.
  package func touched(by mask: [UInt8]) -> [Bool] {
    var touched = [Bool](repeating: false, count: count)
    for (index, label) in labels.enumerated() where label != 0 && mask[index] != 0 {
      touched[Int(label) - 1] = true
    }
    return touched
  }
}
