import CImageIO
import Base
import Foundation

/// Runs `body`.
///
/// - Throws: The error of `body`, with a `FileWriteError` converted to `VolumeError` of the kind
///   `writeFailed`.
package func writing(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let error as FileWriteError {
    throw VolumeError(
      .writeFailed(reason: error.reason), path: error.path, systemCode: error.systemCode)
  }
}

/// The reason of the last failure of a gz stream, without zlib's path prefix; `systemCode` is nil if the
/// content does not decompress.
func streamError(_ stream: gzFile?) -> (reason: String, systemCode: Int32?) {
  let systemCode = errno
  var code: Int32 = 0
  guard let text = gzerror(stream, &code), code != Z_ERRNO else {
    return (systemMessage(systemCode), systemCode)
  }
  let message = String(cString: text)
  return (
    message.range(of: ": ", options: .backwards).map { String(message[$0.upperBound...]) } ?? message, nil
  )
}
