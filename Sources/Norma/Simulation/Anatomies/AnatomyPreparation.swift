import Base
package import Cohort
package import Foundation
import Preprocessing
import Volumes

/// Prepares anatomies: registers label maps and skull-stripped T1-weighted scans to the template and finds
/// their tissues.
package final class AnatomyPreparation: Sendable {
  /// A number that increases when the same files give another anatomy.
  private static let revision = 1
  /// The quantile of a T1-weighted brain that becomes intensity 1, and the largest intensity kept.
  private static let brightest = 0.99, highest: Float = 1.2
  /// The volume in mL on the grid below which a brain is incomplete.
  private static let leastBrain = 1000.0

  private let grid: Geometry
  private let registration: Deferred<TemplateRegistration>
  private let template: Deferred<TemplateTissues>
  private let templateDigest: Deferred<String>

  /// Creates a preparation with the template of a folder, which is read on first use.
  package convenience init(template folder: URL) { self.init(template: folder, grid: Anatomy.grid) }

  /// Creates a preparation on another grid in template space, whose maps cannot be packed.
  init(template folder: URL, grid: Geometry) {
    self.grid = grid
    registration = Deferred { try TemplateRegistration(template: Template(folder: folder)) }
    template = Deferred { try TemplateTissues(folder: folder, grid: grid) }
    templateDigest = Deferred {
      let files = TemplateFiles(folder: folder)
      return try [TemplateFiles.Map.t1, .greyMatter, .whiteMatter].map { try Digest.of(file: files.url($0)) }
        .joined()
    }
  }

  /// Returns the digest that the anatomy of a case has: that of its file, the template and the preparation.
  package func digest(of anatomy: AnatomyCase) throws -> String {
    let source = try anatomy.files.map { try Digest.of(file: $0) }.first ?? "template"
    return Digest.of(Data("anatomy \(Self.revision) \(source) \(try templateDigest.get())".utf8))
  }

  /// Prepares the anatomy of a case.
  ///
  /// - Throws: A ``Problem`` for a file that is neither a label map nor a skull-stripped T1-weighted scan of
  ///   a whole brain.
  package func prepare(_ anatomy: AnatomyCase) throws -> Anatomy {
    try maps(of: anatomy).anatomy(name: anatomy.id, digest: digest(of: anatomy))
  }

  func maps(of anatomy: AnatomyCase) throws -> TissueMaps {
    guard case .file(let file) = anatomy.source else { return try template.get().maps }
    let volume = try VolumeReader.read(file).finite(name: file.path)
    guard !volume.isPlanar else {
      throw Problem(
        .badData, "an anatomy cannot be a single slice", at: file.path,
        advice: "give a label map or a T1-weighted scan of a whole brain, as .nii or .nii.gz")
    }
    let labels = try LabelMap(volume, name: file.path)
    let maps =
      try labels.map { try self.maps(of: $0, name: file.path) } ?? self.maps(of: volume, name: file.path)
    let millilitres = TissueMaps.millilitres(maps.brain)
    guard millilitres >= Self.leastBrain else {
      throw Problem(
        .badData, "only \(millilitres.formatted(fraction: 0)) mL of brain are in the file after registration",
        at: file.path, advice: "give a label map or a T1-weighted scan of a whole brain")
    }
    return maps
  }

  private func maps(of labels: LabelMap, name: String) throws -> TissueMaps {
    let toTemplate = try registration.get().register(labels.image, brain: labels.mask, name: name).toTemplate
    return try TissueMaps(labels, toTemplate: toTemplate, grid: grid)
  }

  private func maps(of whole: Volume, name: String) throws -> TissueMaps {
    let mask = whole.map { $0 > 0 ? UInt8(1) : 0 }
    guard let box = mask.box, SkullState.detected(in: whole) == .absent else {
      throw Problem(
        .badData, "the file is neither a label map nor a skull-stripped scan", at: name,
        advice:
          "give FreeSurfer's labels, or a T1-weighted scan whose voxels outside the brain are 0, such as "
          + "norma preprocess writes")
    }
    try whole.requireContrast(inside: mask, name: name)
    let brain = mask.cropped(to: box)
    let scan = try BiasCorrection(settings: .withoutOutliers).correct(whole.cropped(to: box), brain: brain)
    let toTemplate = try registration.get().register(scan, brain: brain, name: name).toTemplate
    let geometry = scan.geometry.moved(by: toTemplate)
    func sampled(_ values: [Float]) throws -> [Float] {
      try Resample.averaged(Volume(geometry: geometry, voxels: values), to: grid).voxels
    }
    let inside = try sampled(brain.voxels.map(Float.init))
    return try maps(
      // At the brain's edge a voxel has the mean of what is inside.
      of: zip(sampled(scan.voxels), inside).map { $1 > 0.5 ? $0 / $1 : 0 },
      brain: Mask(geometry: grid, voxels: inside.map { $0 > 0.5 ? 1 : 0 }).fillingHoles(), name: name)
  }

  /// Finds the tissues of a T1-weighted brain on the grid of anatomies.
  private func maps(of image: [Float], brain: Mask, name: String) throws -> TissueMaps {
    let voxels = brain.voxels.indices.filter { brain.voxels[$0] != 0 }
    guard !voxels.isEmpty else { throw Problem.uniformIntensity(name: name) }
    var sorted = voxels.map { image[$0] }
    let bright = RobustStatistics.quantile(Self.brightest, of: &sorted)
    guard bright > 0 else { throw Problem.uniformIntensity(name: name) }
    let scaled = image.map { min(max($0 / bright, 0), Self.highest) }
    let values = voxels.map { scaled[$0] }
    let template = try template.get()
    let priors = voxels.map { template.priors[$0] }
    let mixture = TissueMixture(
      fitting: values, priors: priors,
      median: Double(RobustStatistics.medianAndDeviation(of: values).median))
    let (grey, white, fluid) = (mixture.means.x, mixture.means.y, mixture.means.z)
    guard fluid < grey, grey < white else {
      throw Problem(
        .badData,
        "the intensities are not those of a T1-weighted scan: white matter is not brightest and "
          + "fluid darkest", at: name, advice: "give a T1-weighted scan or a label map")
    }
    var fractions = [SIMD3<Float>](repeating: .zero, count: image.count)
    for (position, voxel) in voxels.enumerated() {
      let posterior = mixture.posterior(of: values[position], prior: priors[position])
      fractions[voxel] = posterior / max(posterior.sum(), .leastNormalMagnitude)
    }
    return TissueMaps(
      brain: brain, fractions: fractions, ventricles: template.ventricles(of: fractions, in: brain),
      intensities: scaled, means: SIMD3<Float>(mixture.means))
  }
}
