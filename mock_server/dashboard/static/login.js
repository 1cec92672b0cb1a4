// The login keeps the part of the address behind the #, which names the world: browsers do not send it.

const form = document.querySelector("form");
const target = new URL(form.action);
target.hash = location.hash;
form.action = target.href;
