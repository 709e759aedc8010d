import CImageIO
import Base
import Foundation

/// Throws what `body` throws, a file that cannot be written as `writeFailed`.
package func writing(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let error as FileWriteError {
    throw VolumeError(.writeFailed(reason: error.reason), path: error.path)
  }
}

/// Why the last operation on a gz stream failed, without the path that zlib puts before it, and whether the system
/// refused it or the content does not decompress.
func streamError(_ stream: gzFile?) -> (reason: String, isSystem: Bool) {
  var code: Int32 = 0
  guard let text = gzerror(stream, &code), code != Z_ERRNO else { return (systemError(), true) }
  let message = String(cString: text)
  return (
    message.range(of: ": ", options: .backwards).map { String(message[$0.upperBound...]) } ?? message, false
  )
}
