import type { RsaPrivateJwk } from "./signingKey.js";

/**
 * The signing key of every seeded service, so that the same seed gives the same tokens everywhere.
 * It is public by design and protects nothing: an unseeded service generates its own key.
 */
export const wellKnownSigningKey: RsaPrivateJwk = {
  kty: "RSA",
  n:
    "j9n7q6ULQKP1EI9-JT-R4ewY3RnZ5kKoRl0zyDbLJXgyIEzmiKUkDMu7nc-mjVjKlGAuMBliaEKZffPw0QObRz" +
    "GT6Lqk5yWR77BplNwhN6Mb_iN_MCIa75xi6PJizlEnlfzuEjALHQ32in09szvwDFOnPGglPopVipfb0z9e8Nno" +
    "8HtwwH_LEHKiv2Q3WKi7VxxMHEub2wbZcxfQQo1zPPR-WDEfR4cGSEnxts-I2clVBqP_A_Fhrm-rX6XKkhRdQR" +
    "AnBSVcBHl82N3G0c2GUzrM_oL1lSikVoMF8-1ddJPHR3opcLEK8CMaaeJyE0NnSEk4t_Kg0AVXlMhefbHTiQ",
  e: "AQAB",
  d:
    "Au5Kx6A89rPweAYoaItfRkZYalbOvveANLDM74kYQfrtMIXIk6OjtKQI_knfB5W1yOidwEqgG-YxeOS5tRR4-y" +
    "4aKJ124yO7kbHbMNZ8UcUfuqGQA5PKTzP1OvBHTZNPNmnZEuNKMq0YZxFuqqJvvVyN9XfcvGW2oPR_nNH3dfo-" +
    "x5tN0_AyCMcsA9CIIAHYJQBIeEJEoFl0d7zS3rVa4KsriQmdCdnfAQP7Fw8rcgBviqL_xaYnwRutk7gNVeQTWk" +
    "LBWSWlE1ff553N5xkT0WbI1TjcddogGrGhhif9JhNKlCOh6qSne1_vZ9HsfnsP9nhIOlDo2nhWelqH4hUDoQ",
  p:
    "xFnt57ijbMLL2ZXYLEHqG8J6X6MPlzgxM6h-dseqIVCF6fbhR5jcbBWyInmmjOTMHBdf6IUsl2Ft7NyZqgT6xA" +
    "uu6_qTPAiiS20SvMRGHX3RB-QDNREnyOQLrL7xjAnlwn5Ik2_ZO3Tv41Qu3EZSSBQJUCs-QvYVtVfvkEXjZzE",
  q:
    "u40wtI26V7Gk6IMGhNONFNmF_EhlHfgWoRrscQIO-AATFoVsZRX5qyOX7t2hrICWWp3GelruIBhLqpeiC5F6kH" +
    "fveB_OPFx6r7iicB3s2QtdKsOcVPceDj2mIqd9E-KE3UGOXq-WEqzTG4X9Jaj7lOqtJ0XJwmLKZrfuqib0S9k",
  dp:
    "MVOmQKBR7fDB5VePhw7IEVE6DOyZ7hNfyOp7WruuMdBY0_4BeksclMqehaqp_Js965Czt2Y9XYpMY0TIFb5KgR" +
    "WuS_oXIu3IV8p--o0UUDRbXvAZHivBIuanSC5v4A5ceg_fi6p9mEI4QZPUceH4qcLe1BUI_ylzKqt8s3HbPwE",
  dq:
    "nhtYg902ydan_pr2U-NDe-AkY5lkJO-PpCDeUiY6GDd33_R6fH0aDHvlCSktsg50sc9wEpW1SLkykI1jvfzWJh" +
    "P1fH7TjW8ovhoYVgvkLtS1pedhUv9AByFRfMVVW_4Jo7wwGQJMsVGgZgN-dNEPxWpQrlrWy1gc6JsGR8qvB4E",
  qi:
    "QnR5qrRZ_hTVIgfaeJA9yxUUQHncdYkngT9eoM6ra2sHpPT7ZLumG2I9U0OrmbZdDX2t0o-Fd6aJ7_YIc2E0_X" +
    "WLysO3643zrtOlD0grjWlb5rvkdfWhoKhRzNVEa4KHIvtdVfpKTaWjyHjzZw87Lq4k6SrNwFE9shb1Ric4exs",
};
