import _TestSupport
import Base
import Cohort
import Foundation
import Testing

@Suite struct CaseTableTests {
  /// Adds rows of case, status and image, of which the files exist, and returns the cases of the table.
  private func add(_ rows: [[String]], existing: [String], to folder: URL) throws -> [String] {
    for file in existing { try AtomicFile.write("", to: folder.appendingPathComponent(file)) }
    var table = Table(columns: ["case_id", "status", "image", "bundle"])
    table.rows = rows.map { $0 + ["new"] }
    try CaseTable.add(table, to: folder, columns: ["ok": "image", "failed": "image"])
    let text = try String(contentsOf: folder.appendingPathComponent("cases.tsv"), encoding: .utf8)
    return try #require(Table.rows(of: text)).map {
      "\($0["case_id"] ?? "") \($0["status"] ?? "") \($0["bundle"] ?? "")"
    }
  }

  @Test func rowsAddUpAndAreReplacedWhereTheyAre() throws {
    try withTemporaryFolder { folder in
      // Of a Norma that had no column for the bundle.
      let earlier = "case_id\tstatus\timage\na\tfailed\ta\nb\tok\tb\ngone\tok\tgone\nfolder\tfailed\tin\n"
      try AtomicFile.write(earlier, to: folder.appendingPathComponent("cases.tsv"))
      try AtomicFile.makeFolder(folder.appendingPathComponent("in"))
      #expect(
        try add([["c", "ok", "c"]], existing: ["a", "b", "c"], to: folder) == [
          "a failed n/a", "b ok n/a", "c ok new",
        ])
      #expect(
        try add([["d", "ok", "d"], ["a", "ok", "a"]], existing: ["d"], to: folder) == [
          "a ok new", "b ok n/a", "c ok new", "d ok new",
        ])
    }
  }

  @Test(arguments: ["", "case_id\tstatus\na\n", "{"])
  func aDamagedTableIsReplaced(earlier: String) throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(earlier, to: folder.appendingPathComponent("cases.tsv"))
      #expect(try add([["c", "ok", "c"]], existing: [], to: folder) == ["c ok new"])
    }
  }
}
