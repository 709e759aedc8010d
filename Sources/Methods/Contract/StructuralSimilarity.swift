import Tensors

/// Structural similarity (Wang, Bovik, Sheikh, Simoncelli 2004), averaged over several windows as Behrendt et
/// al. (2024) do for anomaly maps: lesions have many sizes, and no single window suits all of them.
enum StructuralSimilarity {
  /// Sides of the square windows in pixels; all pixels have the same weight. With pixels of 1.5 mm they are
  /// 7.5, 10.5 and 16.5 mm. 7 and 11 are usual, 5 is for smaller lesions.
  static let windows = [5, 7, 11]
  /// (0.01 L)² and (0.03 L)² for a data range L of 1.
  private static let c1: Float = 1e-4, c2: Float = 9e-4

  /// max(1 - mean of SSIM over windows, 0) of images (batch, 1, height, width), in the same shape. Pixels
  /// beyond the border count as 0.
  static func dissimilarity(of x: Tensor, _ y: Tensor) throws -> Tensor {
    let sum = try windows.dropFirst().reduce(similarity(x, y, window: windows[0])) {
      try $0 + similarity(x, y, window: $1)
    }
    return try (1 - sum / Float(windows.count)).relu()
  }

  /// SSIM at every pixel; the divisor of variances is the window's area.
  static func similarity(_ x: Tensor, _ y: Tensor, window: Int) throws -> Tensor {
    func mean(_ image: Tensor) throws -> Tensor {
      try image.avgPool2d(window, stride: 1, padding: window / 2)
    }
    let (meanX, meanY) = (try mean(x), try mean(y))
    let product = try meanX * meanY, squares = try meanX.square() + meanY.square()
    let covariance = try mean(x * y) - product
    let variances = try mean(x.square() + y.square()) - squares
    return try (2 * product + c1) * (2 * covariance + c2) / ((squares + c1) * (variances + c2))
  }
}
