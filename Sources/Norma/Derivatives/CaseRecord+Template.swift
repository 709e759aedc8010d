import Cohort
package import Foundation
import Preprocessing
package import Volumes

extension CaseRecord {
  /// Returns the map from scanner to template mm (RAS+) of a case; nil if its place in the template is unknown.
  package static func toTemplate(of caseID: String, in output: URL) -> Affine? {
    let transform = output.appendingPathComponent(CaseFiles(caseID: caseID).transform)
    if FileManager.default.fileExists(atPath: transform.path) { return try? ITKTransformFile.read(transform) }
    let record = CaseRecord(of: caseID, in: output)
    return record?.result.preprocessing.isInTemplateSpace == true ? .identity : nil
  }
}
