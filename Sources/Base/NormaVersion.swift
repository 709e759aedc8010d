/// This release.
public enum NormaVersion {
  /// The version as text.
  public static let current = "0.1.0"
}
