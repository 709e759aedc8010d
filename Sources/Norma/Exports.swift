// `import Norma` brings the floors below along.
@_exported public import Base
@_exported public import Cohort
@_exported public import Methods
@_exported public import Preprocessing
@_exported public import StrictSettings
