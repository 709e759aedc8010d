/// The kind of lesions that are painted into a synthetic image.
public enum LesionKind: String, Codable, CaseIterable, Sendable {
  /// One or two large ones anywhere, as in stroke.
  case large
  /// A band around the ventricles beside focal ones, as in small vessel disease.
  case confluent
  /// Separate small ones, as in multiple sclerosis.
  case focal
}
