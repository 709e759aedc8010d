import Foundation
public import Norma
import Volumes

/// The pictures of an experiment's best, median and worst cases, drawn from the scans, the experts' masks and
/// the maps in the experiment's folder.
public struct CaseFigurePictures {
  private let manifest: Manifest
  private let folder: ExperimentFolder

  /// Pictures of the cases of a manifest, the maps below the experiment's folder.
  public init(manifest: Manifest, folder: ExperimentFolder) {
    (self.manifest, self.folder) = (manifest, folder)
  }

  /// The picture of a case, or the reason why there is none.
  public enum Picture: Sendable {
    /// The pictures.
    case montage(Montage)
    /// A sentence that names what is missing.
    case missing(String)
  }

  /// Returns the pictures of a run in the order of its figures; a missing file costs one picture.
  public func pictures(of run: RunResult) -> [Picture] {
    run.figures.map { figure in
      do {
        return .montage(try montage(figure, of: run))
      } catch {
        let title = ExperimentNames.figure(figure, of: run.method)
        return .missing("\(title) (\(figure.caseID)) is not shown: \(Self.reason(error))")
      }
    }
  }

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? VolumeError else { return Problem(error).what + "." }
    let file = error.path.map { " (\(URL(fileURLWithPath: $0).lastPathComponent))" } ?? ""
    return error.what + file
  }

  private func montage(_ figure: RunResult.CaseFigure, of run: RunResult) throws -> Montage {
    guard let scan = manifest.cases.first(where: { $0.id == figure.caseID }) else {
      throw Problem(
        .badData, "the manifest does not list the case", at: figure.caseID, advice: "give the same manifest")
    }
    let map = try VolumeReader.read(folder.url.appendingPathComponent(figure.map))
    let image = try VolumeReader.read(scan.image)
    let lesion = try scan.readLesionMask() ?? Mask(geometry: image.geometry, repeating: 0)
    guard map.shape == image.shape, lesion.shape == image.shape else {
      throw Problem(
        .badData, "scan, lesion mask and map differ in shape", at: figure.caseID,
        advice: "run the experiment again")
    }
    let predicted = figure.predicted(map, minimumSize: Self.minimumSize(run))
    let slice = CaseFigureSlice(image: image, map: map, lesion: lesion, predicted: predicted)
    return Montage(
      caption: "\(ExperimentNames.figure(figure, of: run.method)), \(figure.caseID), "
        + "Dice \(decimals(figure.dice))\(slice.zText)",
      panels: try slice.panels(threshold: Float(figure.threshold)))
  }

  /// The component filter of the last headline chain, which is shown.
  private static func minimumSize(_ run: RunResult) -> Double {
    run.chains.first { $0.name == run.headlines.last }?.evaluation.minimumLesionSize ?? 0
  }
}
