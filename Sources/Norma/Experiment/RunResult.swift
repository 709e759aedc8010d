import Base

/// The result of one method with one seed: the contents of `scores/METHOD-SEED.json`.
public struct RunResult: Codable, Sendable {
  /// A chain of post-processing and how well its maps find lesions.
  public struct Chain: Codable, Sendable {
    /// Its name in tables.
    public let name: String
    /// The figures; per-case rows and the curve are kept for ``RunResult/headlines`` only.
    public fileprivate(set) var evaluation: Evaluation
  }

  /// Order statistics of a time.
  public struct Seconds: Codable, Hashable, Sendable {
    /// Median over scans.
    public let median: Double
    /// 5th and 95th percentile over scans.
    public let interval: [Double]

    init(_ values: [Double]) {
      let sorted = values.isEmpty ? [0] : values.sorted()
      (median, interval) = (sorted.quantile(0.5), [sorted.quantile(0.05), sorted.quantile(0.95)])
    }
  }

  /// The preset's name without the scale.
  public let method: String
  /// The seed.
  public let seed: Int
  /// Hash of release, configuration and data; a run of another hash is done again.
  public let digest: String
  /// Number of scored test scans; less than all for a slow search.
  public let testCases: Int
  /// Number of all test scans.
  public let allTestCases: Int
  /// Number of validation scans that the false-positive rates were measured on.
  public let validationCases: Int
  /// The chains: post-processing step by step.
  public private(set) var chains: [Chain]
  /// Names of the chains that the main table shows.
  public let headlines: [String]
  /// Time of the method for one slice, without reading the scan and placing it on the model grid.
  public let secondsPerSlice: Seconds
  /// The epochs of the training.
  public let training: [EpochRecord]
  /// The epoch whose weights were used; 0 without epochs.
  public let bestEpoch: Int
  /// Cases with the highest, the middle and the lowest Dice at an FPR of 1 %.
  public let figures: [CaseFigure]

  /// The same result without the rows of the cases and the curves.
  var summary: RunResult {
    var summary = self
    for index in chains.indices { summary.chains[index].evaluation = chains[index].evaluation.summary }
    return summary
  }

  /// A case that the report shows.
  public struct CaseFigure: Codable, Hashable, Sendable {
    /// `best`, `median` or `worst`.
    public let rank: String
    /// The case's name in the manifest.
    public let caseID: String
    /// Its Dice at an FPR of 1 %.
    public let dice: Double
    /// The threshold at that rate.
    public let threshold: Double
    /// File of the map, relative to the folder of the experiment.
    public let map: String
  }
}
