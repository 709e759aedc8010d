public import ArgumentParser
public import Methods

/// The precision of networks when a scan is scored.
struct PrecisionOptions: ParsableArguments {
  @Option(
    help: """
      Precision of networks: float32, or bfloat16, which is faster on processors that have it; maps then depend a \
      little on the processor.
      """)
  var precision = Precision.float32
}

extension Precision: ExpressibleByArgument {}
