import Methods
import Cohort
import Foundation
import Tensors
import Volumes

extension GriddedScan {
  /// The properties that the input-domain check compares; nil where the scan shows no brain.
  var properties: ScanProperties? {
    IntensityHistogram(images, brain: brain).map {
      ScanProperties($0, native.geometry, isPlanar: native.isPlanar)
    }
  }
}

extension SliceStore.Contents {
  /// The properties of every training scan that has a slice.
  func properties(of cases: [ScanCase]) throws -> [ScanProperties] {
    try Dictionary(grouping: slices, by: \.scan).sorted { $0.key < $1.key }.compactMap { scan, slices in
      let batch = try batch(slices)
      guard let histogram = IntensityHistogram(try batch.images.values(), brain: try batch.brain.values())
      else {
        return nil
      }
      let file = cases[scan].image
      return ScanProperties(
        histogram, try VolumeReader.readGeometry(file), isPlanar: file.pathExtension.lowercased() == "png")
    }
  }
}

extension ScanProperties {
  fileprivate init(_ histogram: IntensityHistogram, _ geometry: Geometry, isPlanar: Bool) {
    self.histogram = histogram
    let sizes = (0..<3).map { geometry.spacing[$0] }.sorted()
    // The coarsest axis of an anisotropic scan is that of the slices.
    (pixelSize, sliceDistance) = isPlanar ? (nil, nil) : (sizes[0], sizes[2])
  }
}
