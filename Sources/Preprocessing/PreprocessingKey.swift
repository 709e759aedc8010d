import Base

/// Everything that determines the result for a scan. Preprocessed files with another key are not reused.
package struct PreprocessingKey: Codable, Equatable {
  package var settings: PreprocessingSettings
  package var skull: SkullState
  /// The SHA-256 of the files; nil if a file is missing and therefore not used.
  var brainWeights, template: String?
  /// The revision of the code, incremented when the same settings give other results.
  var revision = 3

  private enum CodingKeys: String, CodingKey {
    case settings = "Settings"
    case skull = "Skull"
    case brainWeights = "BrainWeightsSHA256"
    case template = "TemplateSHA256"
    case revision = "Revision"
  }

  /// Returns the SHA-256 of the JSON of the key.
  package func digest() throws -> String { Digest.of(try AtomicFile.encoded(self)) }
}
