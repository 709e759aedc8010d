public import Norma

/// The page that `norma experiment` writes, and its tables as Markdown.
public struct ExperimentReport {
  let results: ExperimentResults
  private let pictures: [(method: String, pictures: [CaseFigurePictures.Picture])]
  private let provenance: ReportProvenance

  /// A report about an experiment, with pictures by method.
  public init(
    _ results: ExperimentResults, pictures: [(method: String, pictures: [CaseFigurePictures.Picture])] = [],
    provenance: ReportProvenance
  ) {
    self.results = results
    self.pictures = pictures.filter { !$0.pictures.isEmpty }
    self.provenance = provenance
  }

  private var tables: ExperimentTables { ExperimentTables(results: results) }
  private var limits: ExperimentLimits { ExperimentLimits(results: results) }
  private var verdict: ExperimentVerdict { ExperimentVerdict(results) }

  /// The page.
  public var page: HTMLPage {
    HTMLPage(
      title: "Comparison of anomaly segmentation methods", subtitle: provenance.subtitle,
      sections: [
        HTMLPage.Section("Result", answer + [.table(tables.main.report)]),
        HTMLPage.Section(
          "What the figures show and do not show",
          (limits.data + limits.reading).map(HTMLPage.Block.paragraph)),
        HTMLPage.Section("Plots", ExperimentPlots(results).all.map { .plot($0.svg, caption: $0.caption) }),
        HTMLPage.Section("Post-processing", [.table(tables.ablation.report)]),
        HTMLPage.Section("Lesions and distances", lesions),
        HTMLPage.Section("Best, median and worst cases", figures),
        HTMLPage.Section("Methods", [.facts(methods)]),
      ].filter { !$0.blocks.isEmpty } + [provenance.section])
  }

  /// The main table and the ablation as Markdown, without pictures and names of cases.
  public var markdown: String {
    let facts = verdict.facts.map { "- \($0.name): \($0.value)\n" }.joined()
    return [verdict.paragraph + "\n", facts, tables.main.markdown, tables.ablation.markdown]
      .filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var answer: [HTMLPage.Block] {
    [.paragraph(verdict.paragraph)] + (verdict.facts.isEmpty ? [] : [.facts(verdict.facts)])
  }

  private var lesions: [HTMLPage.Block] {
    let tables = LesionTables(results: results)
    return [tables.perParticipant, tables.bySize, tables.detection].compactMap {
      $0.map { .table($0.report) }
    }
  }

  private var figures: [HTMLPage.Block] {
    guard !pictures.isEmpty else { return [] }
    let chain =
      "First seed, the last chain of each method in the main table; best, median and worst by Dice at "
      + "FPR 1 %; the axial slice with the largest drawn lesion."
    return [.paragraph(chain)]
      + pictures.enumerated().flatMap { index, entry -> [HTMLPage.Block] in
        [.heading(ExperimentNames.method(entry.method), anchor: "exhibits-\(index + 1)")]
          + entry.pictures.map {
            switch $0 {
            case .montage(let montage): .montage(montage)
            case .missing(let sentence): .paragraph(sentence)
            }
          }
      }
  }

  private var methods: [(name: String, value: String)] {
    results.methods.map { (ExperimentNames.method($0), ExperimentNames.summary($0) ?? $0) }
  }
}
