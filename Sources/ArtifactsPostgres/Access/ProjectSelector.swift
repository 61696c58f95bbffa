/// How a request names a project.
public enum ProjectSelector: Sendable, Equatable {
    /// By its number; 0 stands for a number that no project can have.
    case id(Int64)
    /// By its full path in lower case, present or previous.
    case path(String)
}
