"""RSKD in the Processing toolbox: parameters → job description → bridge; the same jobs as in the dock."""
