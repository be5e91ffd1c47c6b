"use strict";

const SAFE = ["GET", "HEAD", "OPTIONS"];

/* A signed-in browser proves with this token that the page, and nobody else's, asks. */
async function withCsrfToken(request) {
  if (!SAFE.includes(request.method ?? "GET") && !request.headers.Authorization) {
    const answer = await fetch("../auth/csrf/");
    request.headers["X-CSRFToken"] = (await answer.json()).csrf_token;
  }
  return request;
}

SwaggerUIBundle({
  url: "../schema/",
  dom_id: "#api",
  deepLinking: true,
  docExpansion: "none",
  validatorUrl: null, // it would ask another origin
  requestInterceptor: withCsrfToken,
});
