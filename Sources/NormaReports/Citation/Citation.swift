import Base
import Foundation
package import Norma

/// How to describe and cite the segmentation of a data set: `logs/CITATION.md`, `.html` and `.bib`.
package struct Citation: Sendable {
  private let paragraph: MethodsParagraph

  /// The citation of what a paragraph describes.
  package init(_ paragraph: MethodsParagraph) { self.paragraph = paragraph }

  /// Writes the three files unless they are there with these contents.
  package func write(to dataset: DerivativeDataset) throws {
    let files = [("md", markdown), ("html", page.html), ("bib", bibTeX)]
    for (type, text) in files {
      try AtomicFile.writeIfChanged(Data(text.utf8), at: dataset.file("logs/CITATION.\(type)"))
    }
  }

  private static let title = "Methods and references"
  private static let introduction =
    "The paragraph describes the last run of the level participant. You may copy it into a paper."
  private static let software =
    "The Norma contributors. Norma: unsupervised anomaly segmentation in brain MR. "
    + "Version \(NormaVersion.current)."

  private var references: [String] { [Self.software] + paragraph.references.map(\.text) }

  private var markdown: String {
    """
    # \(Self.title)

    \(Self.introduction)

    \(paragraph.text)

    ## References

    \(references.map { "- \($0)" }.joined(separator: "\n"))

    """
  }

  private var page: HTMLPage {
    HTMLPage(
      title: Self.title, subtitle: Self.introduction,
      sections: [
        HTMLPage.Section("Methods", [.paragraph(paragraph.text)]),
        HTMLPage.Section("References", references.map(HTMLPage.Block.paragraph)),
      ])
  }

  private var bibTeX: String {
    let software = """
      @software{Norma,
        author = {{The Norma contributors}},
        title = {{Norma: unsupervised anomaly segmentation in brain MR}},
        version = {\(NormaVersion.current)}
      }

      """
    return ([software] + paragraph.references.map(\.bibTeX)).joined(separator: "\n")
  }
}
