package import Foundation

/// Runs `body` while no other process runs one for the same folder. On a file system without locks they do not wait.
package func withLock<Result>(on folder: URL, _ body: () throws -> Result) rethrows -> Result {
  let descriptor = open(folder.path, O_RDONLY)
  defer { close(descriptor) }
  flock(descriptor, LOCK_EX)
  return try body()
}
