import Base
import Cohort
import Foundation
import Volumes

/// The mask and the anomaly map of scans on the grid of the template, beside those on the scans' own grids.
package struct TemplateImages: Sendable {
  private let grid: TemplateGrid
  private let dataset: DerivativeDataset

  /// Writes images into a data set.
  package init(on grid: TemplateGrid, in dataset: DerivativeDataset) {
    (self.grid, self.dataset) = (grid, dataset)
  }

  /// Writes the images of a case with complete results unless they are there.
  ///
  /// - Returns: Whether the case has such images; false if its place in the template is unknown.
  package func write(_ caseID: String) throws -> Bool {
    let files = CaseFiles(caseID: caseID)
    let images = [files.templateMap, files.templateMapSidecar, files.templateMask, files.templateMaskSidecar]
    guard let toTemplate = CaseRecord.toTemplate(of: caseID, in: dataset.folder) else { return false }
    let transform = [files.transform].filter { FileManager.default.fileExists(atPath: dataset.file($0).path) }
    // The images of other results are removed together with these.
    guard !images.allSatisfy({ FileManager.default.fileExists(atPath: dataset.file($0).path) }) else {
      return true
    }
    let map = try grid.map(NIfTI.read(dataset.file(files.anomalyMap)), toTemplate: toTemplate)
    let mask = try grid.mask(NIfTI.readMask(dataset.file(files.mask)), toTemplate: toTemplate)
    try NIfTI.write(map, to: dataset.file(files.templateMap), like: grid.header)
    try NIfTI.write(mask, to: dataset.file(files.templateMask), like: grid.header)
    try AtomicFile.write(
      json: TemplateSidecar(
        description:
          "Anomaly map in the space of the template: 0 = as expected or outside the brain, larger = more "
          + "anomalous, NaN = brain that was not scored",
        sources: [files.anomalyMap] + transform, interpolation: "linear"),
      to: dataset.file(files.templateMapSidecar))
    try AtomicFile.write(
      json: TemplateSidecar(
        description:
          "Mask of all regions in the space of the template; volumes are measured on the grid of the scan",
        maskType: "Lesion", sources: [files.mask] + transform, interpolation: "nearest"),
      to: dataset.file(files.templateMaskSidecar))
    return true
  }
}

/// The JSON file beside an image on the grid of the template.
struct TemplateSidecar: Encodable {
  private let image: ImageSidecar
  private let interpolation: String
  private let frequency: LesionFrequency.Facts?

  /// - Parameters:
  ///   - description: What the image shows.
  ///   - maskType: BIDS's word for what a mask shows; nil for other images.
  ///   - paths: The files it was made from, relative to the data set.
  ///   - interpolation: The interpolation: linear or nearest.
  ///   - frequency: What else is known of a lesion frequency map; nil for images of one scan.
  init(
    description: String, maskType: String? = nil, sources paths: [String], interpolation: String,
    frequency: LesionFrequency.Facts? = nil
  ) {
    image = ImageSidecar(
      description: description, maskType: maskType, sources: paths.map { "bids::\($0)" },
      spatialReference: TemplateGrid.reference)
    (self.interpolation, self.frequency) = (interpolation, frequency)
  }

  func encode(to encoder: any Encoder) throws {
    try image.encode(to: encoder)
    try frequency?.encode(to: encoder)
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(interpolation, forKey: .interpolation)
  }

  private enum CodingKeys: String, CodingKey {
    case interpolation = "Interpolation"
  }
}
