import _TestSupport
import ArgumentParser
import Foundation
import Testing

@testable import NormaCommand

/// Every `norma …` line in a fenced block of the documentation.
@Suite struct DocumentedCommandTests {
  struct Line: CustomTestStringConvertible, Sendable {
    let page: String
    let words: [String]
    var testDescription: String { "\(page): norma \(words.joined(separator: " "))" }
  }

  static let lines: [Line] = {
    let root = packageRoot
    let pages = ["README.md"] + (root / "Documentation").files.map { "Documentation/\($0)" }
    return pages.filter { $0.hasSuffix(".md") && !$0.hasSuffix("reference/command.md") }.flatMap { page in
      let text = (try? String(contentsOf: root / page, encoding: .utf8)) ?? ""
      return commands(in: text).map { Line(page: page, words: $0) }
    }
  }()

  /// Commands inside ```-blocks, joined over line ends, without comments and what surrounds them in the shell.
  private static func commands(in text: String) -> [[String]] {
    let blocks = text.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    return blocks.flatMap { block in
      block.replacing("\\\n", with: " ").split(separator: "\n").compactMap { line in
        // What a page leaves out, as in `norma train …`, is for the reader.
        guard !line.contains("…") else { return nil }
        var words = shellWords(line.split(separator: "#", omittingEmptySubsequences: false)[0])
        // A variable in front.
        words = Array(words.drop { $0.contains("=") && !$0.hasPrefix("-") })
        guard let program = words.first, program == "norma" || program.hasSuffix("/norma") else { return nil }
        let end = words.firstIndex { ["|", ">", ">>", "&&", "&"].contains($0) } ?? words.count
        return Array(words[1..<end])
      }
    }
  }

  /// Words of a line, quotes holding them together.
  private static func shellWords(_ line: Substring) -> [String] {
    line.split(separator: "'", omittingEmptySubsequences: false).enumerated().reduce(into: [""]) {
      words, part in
      if part.offset % 2 == 1 {
        words[words.count - 1] += part.element
      } else {
        let parts = part.element.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        words[words.count - 1] += parts[0]
        words += parts.dropFirst()
      }
    }
    .filter { !$0.isEmpty }
  }

  @Test func thereAreMany() { #expect(Self.lines.count > 35) }

  @Test(arguments: lines) func isUnderstood(_ line: Line) {
    do {
      _ = try NormaCommand.parseAsRoot(line.words)
    } catch {
      Issue.record("\(NormaCommand.fullMessage(for: error))")
    }
  }
}
