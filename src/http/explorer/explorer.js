/* global React, ReactDOM, GraphiQL */
// The explorer page: GraphiQL with a bearer token that stays in memory.

(() => {
  const demo = document.documentElement.dataset.demo === "true";
  const identity = document.getElementById("as");
  const pasted = document.getElementById("token");
  let current = { as: null, token: null, until: 0 };

  async function demoToken() {
    if (current.as === identity.value && Date.now() < current.until) return current.token;
    const answer = await fetch("/demo/token", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ as: identity.value }),
    });
    const { access_token, expires_in } = await answer.json();
    current = { as: identity.value, token: access_token, until: Date.now() + (expires_in - 30) * 1000 };
    return access_token;
  }

  async function fetcher(operation) {
    const token = demo ? await demoToken() : pasted.value.trim();
    const answer = await fetch("/graphql", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/graphql-response+json",
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify(operation),
    });
    return await answer.json();
  }

  const FIRST_QUERY = `# Who am I, and what was sent lately?
{
  viewer { role organisations { odsCode name programmes { code name } } }
  submissions(first: 5) { nodes { id status outcome receivedAt counts { created updated rejected } } totalCount }
}
`;
  let generation = 0;
  const root = ReactDOM.createRoot(document.getElementById("graphiql"));
  // A new key makes GraphiQL read the schema again: another role sees another one.
  const show = () =>
    root.render(
      React.createElement(GraphiQL, { key: generation++, fetcher, defaultQuery: FIRST_QUERY, shouldPersistHeaders: false }),
    );
  identity.addEventListener("change", show);
  pasted.addEventListener("change", show);
  document.getElementById("identity").addEventListener("submit", (event) => event.preventDefault());
  show();
})();
