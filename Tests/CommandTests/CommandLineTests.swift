import Base
import Testing

@testable import NormaCommand

/// The command line in a report.
@Suite struct CommandLineTests {
  @Test(arguments: [
    (["norma", "segment", "-i", "scans/sub-01_FLAIR.nii.gz"], "norma segment -i scans/sub-01_FLAIR.nii.gz"),
    (["norma", "-i", "my scans/a.nii"], "norma -i 'my scans/a.nii'"),
    (["--set", "a=1", "Jörg's $HOME", ""], "--set a=1 'Jörg'\\''s $HOME' ''"),
  ])
  func aShellTakesItBack(words: [String], line: String) {
    #expect(words.shellLine == line)
  }

  @Test(arguments: [("0.01", 0.01), ("1%", 0.01), ("0.5 %", 0.005), ("1e-3", 0.001), ("100%", 1)])
  func aFractionMayBeAPercentage(text: String, value: Double) throws {
    #expect(try ThresholdOptions.fraction(text) == value)
  }

  @Test(arguments: ["%", "1%%", "a", "0,01", ""])
  func otherTextIsNotAFraction(text: String) { #expect((try? ThresholdOptions.fraction(text)) == nil) }
}
