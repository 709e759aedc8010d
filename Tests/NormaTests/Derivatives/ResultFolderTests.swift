import _TestSupport
import Foundation
import Testing

import Base
@testable import Norma

@Suite struct ResultFolderTests {
  /// An edited table: a value that is not a finite number could not be sent to a page.
  @Test(arguments: ["nan", "inf", "-inf", "1e999", "n/a", "much", ""])
  func cellsThatAreNoNumbersAreLeftOut(cell: String) throws {
    try withTemporaryFolder { folder in
      let rows =
        "case_id\tstatus\tlesion_volume_ml\tlesion_count\tthreshold\na\tok\t\(cell)\t\(cell)\t\(cell)\n"
      try AtomicFile.write(rows, to: folder.appendingPathComponent("cases.tsv"))
      let result = try #require(try ResultFolder(contentsOf: folder).cases.first)
      #expect(result.lesionVolumeML == nil && result.lesionCount == nil && result.threshold == nil)
    }
  }
}
