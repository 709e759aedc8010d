package import Foundation

#if canImport(CryptoKit)
  import CryptoKit
#else
  import COpenSSL
#endif

/// SHA-256 digests as lower-case hexadecimal text.
package enum Digest {
  /// Returns the digest of bytes in memory.
  package static func of(_ data: Data) -> String { hexadecimal(bytes(of: data)) }

  /// Returns the 32 bytes of the digest.
  package static func bytes(of data: Data) -> [UInt8] {
    let hash = SHA256Stream()
    hash.update(data)
    return hash.finish()
  }

  /// Returns the digest of a file, which is read in pieces.
  ///
  /// - Throws: A ``Problem`` of kind `missingInput` if it cannot be opened, `inputOutput` if reading fails.
  package static func of(file url: URL) throws -> String {
    func unopened(_ reason: String) -> Problem {
      Problem(
        .missingInput, "the file cannot be opened: \(reason)", at: url.path,
        advice: "check the path and its permissions")
    }
    // Opening a pipe would wait for a writer.
    var attributes = stat()
    guard stat(url.path, &attributes) == 0 else { throw unopened(systemError()) }
    guard attributes.st_mode & S_IFMT == S_IFREG else { throw unopened("it is not a regular file") }
    let handle: FileHandle
    do { handle = try FileHandle(forReadingFrom: url) } catch { throw unopened(error.systemReason) }
    defer { try? handle.close() }
    let hash = SHA256Stream()
    do {
      while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(piece) }
    } catch {
      throw Problem(
        .inputOutput, "the file cannot be read: \(error.systemReason)", at: url.path,
        advice: "check the disk")
    }
    return hexadecimal(hash.finish())
  }

  private static func hexadecimal(_ digest: [UInt8]) -> String {
    digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

#if canImport(CryptoKit)
  private final class SHA256Stream {
    private var hash = SHA256()

    func update(_ data: Data) { hash.update(data: data) }
    func finish() -> [UInt8] { Array(hash.finalize()) }
  }
#else
  /// SHA-256 by OpenSSL, whose calls fail only for arguments that this type never passes.
  private final class SHA256Stream {
    /// Keeps the tables of OpenSSL at exit, when another thread may still be hashing a file.
    private static let isKeptAtExit = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)

    private let context = EVP_MD_CTX_new()

    init() {
      require(Self.isKeptAtExit)
      require(EVP_DigestInit_ex(context, EVP_sha256(), nil))
    }

    deinit { EVP_MD_CTX_free(context) }

    func update(_ data: Data) {
      data.withUnsafeBytes { require(EVP_DigestUpdate(context, $0.baseAddress, $0.count)) }
    }

    func finish() -> [UInt8] {
      [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
        require(EVP_DigestFinal_ex(context, digest.baseAddress, nil))
        count = 32
      }
    }

    private func require(_ status: Int32) { precondition(status == 1, "OpenSSL cannot compute SHA-256") }
  }
#endif
