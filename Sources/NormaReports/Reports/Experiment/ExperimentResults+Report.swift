import Norma

extension ExperimentResults {
  /// The last chain of published work; a method whose preset filters components adds that step.
  static let publishedChain = "eroded mask", componentChain = "component filter"
  /// The chain that divides by the voxel-wise spread of lesion-free slices.
  static let scaledChain = "divided by sd"

  /// The rows of the main table.
  var headlines: [Row] { rows.filter(\.isHeadline) }

  /// The first seed of a method under one chain.
  func firstSeed(_ row: Row) -> Evaluation? {
    runs.first { $0.method == row.method }?.chains.first { $0.name == row.chain }?.evaluation
  }

  /// All seeds of a method under one chain.
  func seeds(_ row: Row) -> [Evaluation] {
    runs.filter { $0.method == row.method }.compactMap { run in
      run.chains.first { $0.name == row.chain }?.evaluation
    }
  }

  /// How many test scans a row was scored on: `20 of 592` where a slow search was not run on all.
  func scans(_ row: Row) -> String {
    let all = runs.first { $0.method == row.method }?.allTestCases ?? data.test
    return isLimited(row) ? "\(row.testCases) of \(all)" : "\(row.testCases)"
  }

  /// Whether a slow search was run on a run of the test scans only.
  func isLimited(_ row: Row) -> Bool {
    guard let run = runs.first(where: { $0.method == row.method }), run.testCases < run.allTestCases
    else { return false }
    let planned = plan.runs.first { $0.method == row.method }
    return planned.flatMap { try? plan.caseLimit($0) } == run.testCases
  }

  /// Planned and not there.
  var missingParts: [ExperimentPlan.Run] {
    plan.runs.filter { planned in
      !runs.contains { $0.method == planned.method && $0.seed == planned.seed }
    }
  }

  /// The colour that a method has in every plot.
  func colour(_ method: String) -> Int { methods.firstIndex(of: method) ?? methods.count }
}

extension ExperimentResults.Row {
  /// Whether the residual was divided by its voxel-wise spread.
  var isScaled: Bool { chain == ExperimentResults.scaledChain }
}
