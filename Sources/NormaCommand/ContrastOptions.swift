import ArgumentParser

/// The option of a command that segments scans whatever their contrast.
struct ContrastOptions: ParsableArguments {
  @Flag(help: "Also segment scans whose name or tissues indicate another contrast than that of the bundle.")
  var forceContrast = false
}
