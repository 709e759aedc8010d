import Foundation

/// The text of `errno`.
package func systemError() -> String { String(cString: strerror(errno)) }

extension Error {
  /// What the system said, without Foundation's words around it: "No space left on device".
  package var systemReason: String {
    let cause = (self as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
    let error = (cause ?? self) as NSError
    return error.domain == NSPOSIXErrorDomain
      ? String(cString: strerror(Int32(error.code))) : error.localizedDescription
  }
}
