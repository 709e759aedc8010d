import Base
import Foundation
import Methods
import Volumes

/// Where lesions can be painted into a scan: by place, apart from each other and from the regions that it has.
struct LesionPlacement {
  private let tissues: Grid<UInt8>
  /// Squared distances in mm² to ventricles, cortex and the regions before painting; infinite without any.
  private let toVentricle, toCortex, toRegions: [Double]
  private let settings: PlaceSettings

  /// The distance in mm between the edge of a lesion and other lesions, and by which it is away from the border
  /// between two places.
  private static let gap = 5.0, margin = 2.0

  /// Measures the distances in a scan.
  init(tissues: Grid<UInt8>, regions: Mask, settings: PlaceSettings) {
    (self.tissues, self.settings) = (tissues, settings)
    func squared(_ isSeed: (Int) -> Bool) -> [Double] {
      DistanceTransform(
        seeds: tissues.voxels.indices.filter(isSeed), shape: tissues.shape,
        spacing: tissues.geometry.spacing
      ).squared
    }
    let values = tissues.voxels
    toVentricle = squared { values[$0] == TissueLabel(.ventricle)?.index }
    toCortex = squared { values[$0] == TissueLabel(.corticalGrey)?.index }
    toRegions = squared { regions.voxels[$0] != 0 }
  }

  /// Draws the centre in world mm of a lesion of this place, away from those painted already; nil if there is none.
  func draw(
    _ place: Place, diameter: Double, besides painted: [LesionSphere], random: inout SeededGenerator
  ) -> SIMD3<Double>? {
    let radius = diameter / 2
    let sites = tissues.voxels.indices.filter { voxel in
      guard tissues.voxels[voxel] != 0, isSite(voxel, of: place, radius: radius),
        toRegions[voxel] > (radius + Self.gap) * (radius + Self.gap)
      else { return false }
      let centre = world(voxel)
      return painted.allSatisfy { (centre - $0.centre).length > radius + $0.diameter / 2 + Self.gap }
    }
    return sites.isEmpty ? nil : world(sites[random.count(0...sites.count - 1)])
  }

  private func world(_ voxel: Int) -> SIMD3<Double> {
    tissues.geometry.world(ofVoxel: SIMD3<Double>(tissues.voxel(at: voxel)))
  }

  private func isSite(_ voxel: Int, of place: Place, radius: Double) -> Bool {
    let ventricle = toVentricle[voxel].squareRoot(), cortex = toCortex[voxel].squareRoot()
    func isBeyond(_ distance: Double, _ contact: Double) -> Bool {
      distance > radius + contact + Self.margin
    }
    switch place {
    case .periventricular:
      return isTissue(voxel, .whiteMatter) && abs(ventricle - radius) <= 1
    case .juxtacortical:
      return isTissue(voxel, .whiteMatter) && abs(cortex - radius) <= 0.5
        && isBeyond(ventricle, settings.ventricleContact)
    case .deepWhiteMatter:
      return isTissue(voxel, .whiteMatter) && isBeyond(ventricle, settings.ventricleContact)
        && isBeyond(cortex, settings.cortexContact)
    case .deepGreyMatter: return isTissue(voxel, .deepGrey)
    case .brainStem: return isTissue(voxel, .brainStem)
    case .cerebellum: return isTissue(voxel, .cerebellum)
    }
  }

  private func isTissue(_ voxel: Int, _ tissue: Tissue) -> Bool {
    tissues.voxels[voxel] == TissueLabel(tissue)?.index
  }
}
