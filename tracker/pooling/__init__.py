"""The pooled trend as mathematics: arrays in, posterior out; no pandas, no store.

Reading i is z_i on the logit scale, taken at time t_i by pollster h with wording k::

    z_i = b_k x(t_i) + a_k + u_{h,e} + e_i
    x(t)      Brownian motion, variance s^2 a year, N(0, 2^2) at its first date         the level
    u_{h,e}   N(delta_h, kappa^2) in each 90-day epoch e, delta_h ~ N(0, tau^2),         house effect and its drift
              Corr(u_{h,e}, u_{h,e'} | delta_h) = exp(-|e - e'| 90 days / MEMORY)
    a_k, b_k  N(0, 1) and N(1, 0.3^2); 0 and 1 for the reference wording                 wording or scale
    e_i       Student-t, 8 degrees of freedom,
              scale^2 = (phi / (n p (1 - p)) + omega^2) f_h + s^2 L / 12 (or / 4)        sampling and extra noise

Read in this order: `layout` (who meets whom), `state` (scales, weights, noise), `dense` (the exact posterior given
s, tau, kappa, omega, phi, the obvious way), `chain`, `elimination` and `gaussian` (the same for long series), `fitting`
(their mode and the design that integrates over them), `updating` (new readings), `posterior` (level, paths, forecasts).

After Jackman (2005), Pooling the polls over an election campaign, with the integration of Rue, Martino and Chopin
(2009).
"""

from tracker.pooling.fitting import NAMES, NU, PRIOR_MEAN, PRIOR_SD, Fit, fit
from tracker.pooling.layout import YEAR, Floats, Ints, Readings
from tracker.pooling.posterior import (
    Forecast,
    Normals,
    forecast,
    house_effects,
    hyperparameters,
    influence,
    level,
    noise,
    paths,
    quantiles,
    share,
)
from tracker.pooling.updating import extended

__all__ = [
    "NAMES",
    "NU",
    "PRIOR_MEAN",
    "PRIOR_SD",
    "YEAR",
    "Fit",
    "Floats",
    "Forecast",
    "Ints",
    "Normals",
    "Readings",
    "extended",
    "fit",
    "forecast",
    "house_effects",
    "hyperparameters",
    "influence",
    "level",
    "noise",
    "paths",
    "quantiles",
    "share",
]
