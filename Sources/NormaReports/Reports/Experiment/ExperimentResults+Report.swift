import Norma

extension ExperimentResults {
  /// The last chain of published work, and that of a method whose preset filters components.
  static let publishedChain = "eroded mask", componentChain = "component filter"
  /// The chain that divides by the voxel-wise standard deviation of lesion-free slices.
  static let scaledChain = "divided by sd"

  /// The rows of the main table.
  var headlines: [Row] { rows.filter(\.isHeadline) }

  /// The evaluation of a method's first seed with the row's chain.
  func firstSeed(_ row: Row) -> Evaluation? {
    runs.first { $0.method == row.method }?.chains.first { $0.name == row.chain }?.evaluation
  }

  /// The evaluations of all seeds of a method with the row's chain.
  func seeds(_ row: Row) -> [Evaluation] {
    runs.filter { $0.method == row.method }.compactMap { run in
      run.chains.first { $0.name == row.chain }?.evaluation
    }
  }

  /// The number of test scans of a row: `20 of 592` if a slow search was run on some of them.
  func scans(_ row: Row) -> String {
    let all = runs.first { $0.method == row.method }?.allTestCases ?? data.test
    return isLimited(row) ? "\(row.testCases) of \(all)" : "\(row.testCases)"
  }

  /// Whether a slow search was run on some of the test scans only.
  func isLimited(_ row: Row) -> Bool {
    guard let run = runs.first(where: { $0.method == row.method }), run.testCases < run.allTestCases
    else { return false }
    let planned = plan.runs.first { $0.method == row.method }
    return planned.flatMap { try? plan.caseLimit($0) } == run.testCases
  }

  /// The planned runs without results.
  var missingRuns: [ExperimentPlan.Run] {
    plan.runs.filter { planned in
      !runs.contains { $0.method == planned.method && $0.seed == planned.seed }
    }
  }

  /// The number of a method's colour in every plot.
  func colour(_ method: String) -> Int { methods.firstIndex(of: method) ?? methods.count }
}

extension ExperimentResults.Row {
  /// Whether the residual was divided by its voxel-wise standard deviation.
  var isScaled: Bool { chain == ExperimentResults.scaledChain }
}
