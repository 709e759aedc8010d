public import Foundation

/// One anatomy of a cohort: the tissues of a brain, from which scans are synthesised.
public struct AnatomyCase: Hashable, Sendable {
  /// The origin of an anatomy.
  public enum Source: Hashable, Sendable {
    /// A label map with FreeSurfer's labels, or a skull-stripped T1-weighted scan.
    case file(URL)
    /// The average brain to which scans are registered.
    case template
  }

  /// A unique name among the anatomies of the cohort: `sub-01` or `sub-01_ses-1`.
  public let id: String
  /// The participant whose brain it is.
  public var participantID: String
  /// The origin of the anatomy.
  public var source: Source
  /// The split; nil if not yet assigned.
  public var split: Split?

  /// Creates the anatomy of a row of a manifest; `sessionID` becomes part of the id.
  public init(participantID: String, sessionID: String? = nil, source: Source, split: Split? = nil) {
    id = sessionID.map { "\(participantID)_\($0)" } ?? participantID
    (self.participantID, self.source, self.split) = (participantID, source, split)
  }

  /// The file that is read, unless the source is the template.
  package var files: [URL] { if case .file(let file) = source { [file] } else { [] } }
}
