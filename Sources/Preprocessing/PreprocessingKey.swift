import Base

/// Everything that decides the result for a scan; preprocessed files made with another key are not reused.
package struct PreprocessingKey: Codable, Equatable {
  package var settings: PreprocessingSettings
  package var skull: SkullState
  /// SHA-256; nil where the file is not there, and then not used.
  var brainWeights, template: String?
  /// Raised when the same settings come to give another result.
  var revision = 2

  private enum CodingKeys: String, CodingKey {
    case settings = "Settings"
    case skull = "Skull"
    case brainWeights = "BrainWeightsSHA256"
    case template = "TemplateSHA256"
    case revision = "Revision"
  }

  /// SHA-256 of the JSON.
  package func digest() throws -> String { Digest.of(try AtomicFile.encoded(self)) }
}
