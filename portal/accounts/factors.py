"""Second factors: which a person has, which the policy asks for."""


def meets_policy(request) -> bool:
    """Whether the session has passed the second factor that the strictest of the person's agencies asks for."""
    return request.user.is_verified()
