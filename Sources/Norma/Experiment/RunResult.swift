import Base

/// What one method with one seed showed: the contents of `scores/METHOD-SEED.json`.
public struct RunResult: Codable, Sendable {
  /// One way of post-processing and how well its maps find lesions.
  public struct Chain: Codable, Sendable {
    /// Its name in tables.
    public let name: String
    /// The figures; per-case rows and the curve are kept for ``RunResult/headlines`` only.
    public fileprivate(set) var evaluation: Evaluation
  }

  /// Order statistics of a time.
  public struct Seconds: Codable, Hashable, Sendable {
    /// Half of the scans took less.
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
  /// Hash of configuration and data; a run of another hash is done again.
  public let digest: String
  /// Test scans scored, and of how many; a slow search is run on the first of a seeded order.
  public let testCases, allTestCases: Int
  /// Lesion-free validation scans behind the thresholds.
  public let validationCases: Int
  /// Post-processing step by step.
  public private(set) var chains: [Chain]
  /// Names of the chains that the main table shows.
  public let headlines: [String]
  /// Time of the method for one slice, without reading and preparing.
  public let secondsPerSlice: Seconds
  /// The epochs of its training.
  public let training: [EpochRecord]
  /// The epoch whose weights were used.
  public let bestEpoch: Int
  /// Cases with the highest, the middle and the lowest Dice at 1 % healthy FPR.
  public let figures: [CaseFigure]

  /// The same without the rows of the cases.
  var summary: RunResult {
    var summary = self
    for index in chains.indices { summary.chains[index].evaluation = chains[index].evaluation.summary }
    return summary
  }

  /// A case that the report shows.
  public struct CaseFigure: Codable, Hashable, Sendable {
    /// Best, median or worst.
    public let rank: String
    /// The case's name in the manifest.
    public let caseID: String
    /// Its Dice at 1 % healthy FPR.
    public let dice: Double
    /// The threshold of that.
    public let threshold: Double
    /// The map's file below the experiment's folder.
    public let map: String
  }
}
