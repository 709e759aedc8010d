import _TestSupport
import Base
import Foundation
import Testing

@Suite struct SystemReasonTests {
  static let errors: [(any Error, String)] = [
    (POSIXError(.ENOTCONN), String(cString: strerror(ENOTCONN))),
    (
      CocoaError(.fileWriteUnknown, userInfo: [NSUnderlyingErrorKey: POSIXError(.ENOTDIR)]),
      String(cString: strerror(ENOTDIR))
    ),
    (
      NSError(
        domain: NSCocoaErrorDomain, code: 640,
        userInfo: [NSUnderlyingErrorKey: NSError(domain: NSPOSIXErrorDomain, code: Int(ENOSPC))]),
      String(cString: strerror(ENOSPC))
    ),
  ]

  @Test(arguments: errors) func theMessageOfTheSystemIsFound(error: any Error, words: String) {
    #expect(error.systemReason == words)
  }

  static let failures: [Row<(code: Int32?, isOfOneFile: Bool)>] = [
    Row("a file that is too large", (EFBIG, true)), Row("a name that is too long", (ENAMETOOLONG, true)),
    Row("a full disk", (ENOSPC, false)), Row("no call", (nil, false)),
  ]

  @Test(arguments: failures) func theCodeTellsWhetherOtherFilesAreSpared(
    row: Row<(code: Int32?, isOfOneFile: Bool)>
  ) {
    let code = row.body.code
    // The words of the message do not matter.
    let problem = Problem(
      .inputOutput, "File too large", at: "a file", advice: "none", systemCode: code)
    #expect(problem.concernsOneFile == row.body.isOfOneFile)

  }

  @Test func aNameThatIsTooLongKeepsItsCode() throws {
    try withTemporaryFolder { folder in
      let name = String(repeating: "x", count: 300)
      let failures: [() throws -> Void] = [
        { try AtomicFile.write("text", to: folder.appendingPathComponent(name)) },
        { try AtomicFile.makeFolder(folder.appendingPathComponent(name)) },
      ]
      for failure in failures {
        let code = try problem(failure).systemCode
        #expect(code == ENAMETOOLONG)
      }
    }
  }

  /// Foundation throws this error if a file is in the way of a folder.
  @Test func aFolderCannotBeCreatedBelowAFile() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("file")
      try Data().write(to: file)
      let error = #expect(throws: CocoaError.self) {
        try FileManager.default.createDirectory(
          at: file.appendingPathComponent("below"), withIntermediateDirectories: true)
      }
      #expect(error?.systemReason == String(cString: strerror(ENOTDIR)))
    }
  }
}
