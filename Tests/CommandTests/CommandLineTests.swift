import Testing

@testable import NormaCommand

/// Values of options.
@Suite struct CommandLineTests {
  @Test(arguments: [("0.01", 0.01), ("1%", 0.01), ("0.5 %", 0.005), ("1e-3", 0.001), ("100%", 1)])
  func aFractionMayBeAPercentage(text: String, value: Double) throws {
    #expect(try ThresholdOptions.fraction(text) == value)
  }

  @Test(arguments: ["%", "1%%", "a", "0,01", ""])
  func otherTextIsNotAFraction(text: String) { #expect((try? ThresholdOptions.fraction(text)) == nil) }
}
