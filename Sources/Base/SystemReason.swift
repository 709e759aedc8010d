import Foundation

/// Returns the message of `errno`.
package func systemError() -> String { String(cString: strerror(errno)) }

extension Error {
  /// The message of the operating system without that of Foundation, such as "No space left on device".
  package var systemReason: String {
    let cause = (self as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
    let error = (cause ?? self) as NSError
    return error.domain == NSPOSIXErrorDomain
      ? String(cString: strerror(Int32(error.code))) : error.localizedDescription
  }
}
