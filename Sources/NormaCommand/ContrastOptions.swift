import ArgumentParser

/// The option of a command that segments scans whatever their contrast.
struct ContrastOptions: ParsableArguments {
  @Flag(help: "Segment scans too whose name or tissues say that their contrast is not that of the bundle.")
  var forceContrast = false
}
