import Foundation
import Volumes
public struct BiasCorrectionSettings: Settings { public init() {}; var a = 1 }
public struct RegistrationSettings: Settings { public init() {}; var a = 1 }
struct BiasCorrection { init(settings: BiasCorrectionSettings) {}; func callAsFunction(_ v: Volume, brain: Mask) throws -> Volume { v } }
struct CurvatureFlow { init(iterations: Int) {}; func callAsFunction(_ v: Volume) throws -> Volume { v } }
struct Template { init(folder: URL) throws {}; static func brain(in u: URL) -> URL { u } }
struct TemplateRegistration { init(template: Template, settings: RegistrationSettings) {}
 func callAsFunction(_ v: Volume, brain: Mask, name: String) throws -> (toTemplate: Affine, overlap: Double, notes: [String]) { (.identity, 1, []) } }
