import CImageIO
import Foundation

/// The text of `errno`.
func systemError() -> String { String(cString: strerror(errno)) }

/// Why the last operation on a gz stream failed, without the path that zlib puts before it.
func streamError(_ stream: gzFile?) -> String {
  var code: Int32 = 0
  guard let text = gzerror(stream, &code), code != Z_ERRNO else { return systemError() }
  let message = String(cString: text)
  return message.range(of: ": ", options: .backwards).map { String(message[$0.upperBound...]) } ?? message
}
