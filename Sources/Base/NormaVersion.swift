/// The version of Norma.
public enum NormaVersion {
  /// The current version.
  public static let current = "0.2.0"
}
