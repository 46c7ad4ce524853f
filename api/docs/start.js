// Everything comes from this server; the validator of swagger.io is not asked.
window.addEventListener("load", function () {
  window.SwaggerUIBundle({
    url: "../openapi.json",
    dom_id: "#swagger-ui",
    deepLinking: true,
    docExpansion: "none",
    validatorUrl: null,
    tryItOutEnabled: false,
    requestInterceptor: function (request) {
      request.credentials = "same-origin";
      return request;
    }
  });
});
