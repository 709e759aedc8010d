import ArgumentParser
import Foundation
import Norma
import Synchronization

/// The standard streams of the process. A failure to write to them never stops the work.
enum StandardStreams {
  /// `errno` of the first failure to write to stdout; 0 without one.
  private static let outputFailure = Atomic<Int32>(0)

  /// Prevents that signals of broken pipes and file size limits end the process, and that a file is opened in
  /// place of a closed stream and receives its text.
  static func prepare() {
    for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_IGN) }
    // `open` takes the lowest free descriptor; writing to it fails.
    for stream in STDIN_FILENO...STDERR_FILENO where fcntl(stream, F_GETFD) == -1 {
      _ = open("/dev/null", O_RDONLY)
    }
  }

  /// Writes text to stdout; ``requireOutput()`` reports a failure.
  static func output(_ text: String) {
    if let failure = write(text, to: STDOUT_FILENO) {
      _ = outputFailure.compareExchange(expected: 0, desired: failure, ordering: .relaxed)
    }
  }

  /// Writes text to stderr; a failure loses it.
  static func error(_ text: String) { _ = write(text, to: STDERR_FILENO) }

  /// Throws if some text did not reach stdout: a ``Problem``, or the exit code alone if its reader has gone.
  static func requireOutput() throws {
    let failure = outputFailure.load(ordering: .relaxed)
    guard failure != 0 else { return }
    guard failure != EPIPE else { throw ExitCode(Problem.Kind.inputOutput.rawValue) }
    throw Problem(
      .inputOutput, "the results cannot be printed: \(String(cString: strerror(failure)))",
      at: "standard output",
      advice: "check the free space where it is redirected to; files in the output folder are complete")
  }

  /// Returns `errno` if not all of the text was written.
  private static func write(_ text: String, to stream: Int32) -> Int32? {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(stream, $0.baseAddress, $0.count) }
      if count >= 0 {
        bytes = bytes.dropFirst(count)
      } else if errno == EAGAIN {
        usleep(10_000)
      } else if errno != EINTR {
        return errno
      }
    }
    return nil
  }
}
