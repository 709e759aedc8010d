import Testing

@testable import Base

/// Words as a line for a shell.
@Suite struct ShellLineTests {
  @Test(arguments: [
    (["norma", "segment", "-i", "scans/sub-01_FLAIR.nii.gz"], "norma segment -i scans/sub-01_FLAIR.nii.gz"),
    (["norma", "-i", "my scans/a.nii"], "norma -i 'my scans/a.nii'"),
    (["--set", "a=1", "Jörg's $HOME", ""], "--set a=1 'Jörg'\\''s $HOME' ''"),
  ])
  func aShellTakesItBack(words: [String], line: String) {
    #expect(words.shellLine == line)
  }
}
