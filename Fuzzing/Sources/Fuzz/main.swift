import Foundation

/// Of the fuzzer's library: calls the function with inputs until it is done.
@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The reader and the file it reads.
struct Place {
  let target: Target
  let file: URL
}

nonisolated(unsafe) var place: Place?

guard let target = ProcessInfo.processInfo.environment["FUZZ_TARGET"].flatMap(Target.init(rawValue:)) else {
  fatalError("FUZZ_TARGET has to be one of \(Target.allCases.map(\.rawValue))")
}
// In memory where there is such a disk.
let memory = URL(fileURLWithPath: "/dev/shm")
let root =
  FileManager.default.fileExists(atPath: memory.path) ? memory : FileManager.default.temporaryDirectory
let folder = root.appendingPathComponent("norma-fuzz-\(ProcessInfo.processInfo.processIdentifier)")
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
place = Place(target: target, file: folder.appendingPathComponent(target.file))

var count = CommandLine.argc
var arguments = CommandLine.unsafeArgv
let code = runFuzzer(&count, &arguments) { bytes, size in
  guard let place else { return 0 }
  let file = open(place.file.path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  _ = write(file, bytes, size)
  close(file)
  try? place.target.read(place.file)
  return 0
}
try? FileManager.default.removeItem(at: folder)
exit(code)
