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
