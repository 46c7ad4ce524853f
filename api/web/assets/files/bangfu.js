// What scripts add to the pages. Every page works without this file.
"use strict";
(() => {
  const clock = (at) => new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hour12: false }).format(at);
  const day = (at) => new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", year: "numeric", month: "long", day: "numeric" }).format(at);
  const announce = (text) => { const place = document.getElementById("announce"); if (place) place.textContent = text; };
  const account = document.body.dataset.account || "";
  const element = (tag, attributes, text) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) made.setAttribute(name, value);
    if (text) made.textContent = text;
    return made;
  };

  // A save that is under way changes the match of every form about the draft. Such a
  // form is sent once it has ended or, when it hangs, after some seconds.
  let saving = null, waits = false;
  const saved = () => Promise.race([saving, new Promise((resolve) => setTimeout(resolve, 5000))]).then(() => { saving = null; });
  document.addEventListener("submit", (event) => {
    const form = event.target, by = event.submitter;
    if (!saving || !form.matches("form[data-autosave], form[data-follow]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (waits) return;
    waits = true;
    announce("正在保存草稿……");
    saved().then(() => { waits = false; form.requestSubmit(by); });
  }, true);

  // A form is sent once. After an answer that came back to the same page, or a
  // return by the back button, it can be sent again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    form.querySelectorAll("button[type=submit]").forEach((button) => button.setAttribute("aria-disabled", "true"));
    // What takes more than a moment says so in its button.
    const waiting = form.querySelector("button[data-waiting]");
    if (waiting) { waiting.dataset.label = waiting.textContent; waiting.textContent = waiting.dataset.waiting; }
    announce(waiting ? waiting.dataset.waiting : "正在提交……");
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll("button[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
    form.querySelectorAll("button[data-label]").forEach((button) => { button.textContent = button.dataset.label; delete button.dataset.label; });
  }));

  // A question before something that cannot be undone.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-confirm]");
    if (!button || button.dataset.confirmed || typeof HTMLDialogElement === "undefined") return;
    event.preventDefault();
    const dialog = element("dialog", { "aria-label": "请确认" });
    const bar = element("div", { class: "actions" });
    const yes = element("button", { type: "button", class: "btn btn-primary" }, button.textContent.trim());
    const no = element("button", { type: "button", class: "btn btn-outline-secondary" }, "取消");
    bar.append(yes, no);
    dialog.append(element("p", {}, button.dataset.confirm), bar);
    document.body.append(dialog);
    no.addEventListener("click", () => dialog.close());
    yes.addEventListener("click", () => { button.dataset.confirmed = "1"; dialog.close(); button.click(); delete button.dataset.confirmed; });
    dialog.addEventListener("close", () => { dialog.remove(); button.focus(); });
    dialog.showModal();
    no.focus();
  });

  // What was refused is said where the reader is.
  const faults = document.getElementById("faults");
  if (faults) faults.focus();

  // Escape closes the menu of the phone, and the focus does not get lost in it.
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest("details.site-menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  // Drafts: saved on the server and kept in the browser under the account, so
  // that neither a lost session nor another visitor meets them. A form without
  // an address to save to is kept in the browser alone. What is hidden is the
  // page's own word, about whom and about which state the form is: it is not kept.
  const typedIn = (form, name) => { const input = form.elements.namedItem(name); return input !== null && input.type !== "hidden"; };
  const fieldsOf = (form) => {
    const values = {};
    for (const [name, value] of new FormData(form)) if (typeof value === "string" && typedIn(form, name)) values[name] = value;
    return values;
  };
  // What a form sent is kept until the page after it says that it was taken: a
  // session may end, or the server die, between the button and the answer. Only
  // that page has the form's as its referrer.
  const sending = "bangfu:sent";
  try {
    const sent = JSON.parse(sessionStorage.getItem(sending) || "null");
    sessionStorage.removeItem(sending);
    if (sent && account && sent.from === document.referrer && !document.querySelector(".refusal, #faults")) localStorage.removeItem(sent.store);
  } catch { /* forbidden */ }
  document.querySelectorAll("form[data-draft]").forEach((form) => {
    const place = form.querySelector("[data-saved]") || form.appendChild(element("p", { class: "saved", "data-saved": "" }));
    const store = "bangfu:" + account + ":" + (form.dataset.draft || location.pathname);
    const initial = JSON.stringify(fieldsOf(form));
    let last = initial, timer = 0, busy = false;
    const keep = (values) => { try { localStorage.setItem(store, JSON.stringify({ at: Date.now(), values })); } catch { /* full or forbidden */ } };
    const drop = () => { try { localStorage.removeItem(store); } catch { /* forbidden */ } };
    const put = async (text) => {
      try {
        const answer = await fetch(form.dataset.autosave, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-Autosave": "1", Accept: "application/json" }, redirect: "manual" });
        const said = answer.ok ? await answer.json() : null;
        if (said && said.match) {
          form.querySelectorAll("input[name=match]").forEach((input) => { input.value = said.match; });
          document.querySelectorAll("form[data-follow] input[name=match]").forEach((input) => { input.value = said.match; });
          last = text;
          place.textContent = "已保存 " + clock(new Date()) + "（草稿，尚未提交）";
        } else if (answer.status === 412) {
          place.textContent = "此草稿已在别处改过。您填写的内容已留在本机；请刷新页面后核对。";
        } else {
          place.textContent = "暂时存不到服务器，已留在本机 " + clock(new Date());
        }
      } catch {
        place.textContent = "连不上服务器，已留在本机 " + clock(new Date());
      }
    };
    const save = async () => {
      const values = fieldsOf(form);
      const text = JSON.stringify(values);
      if (text === last || busy || form.dataset.sent) return;
      keep(values);
      // A form that is kept only here is nobody's draft on the server.
      if (!form.dataset.autosave) { last = text; place.textContent = "已留在本机 " + clock(new Date()) + "（尚未提交）"; return; }
      busy = true;
      saving = put(text);
      await saving;
      saving = null;
      busy = false;
    };
    const later = () => { clearTimeout(timer); keep(fieldsOf(form)); timer = setTimeout(save, 1200); };
    form.addEventListener("input", later);
    form.addEventListener("change", later);
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      keep(fieldsOf(form));
      try { sessionStorage.setItem(sending, JSON.stringify({ store, from: location.href.split("#")[0] })); } catch { /* forbidden */ }
    });
    document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(store) || "null"); } catch { kept = null; }
    if (kept && kept.values && JSON.stringify(kept.values) !== initial) {
      const bar = element("div", { class: "note note-warning", role: "status" });
      const yes = element("button", { type: "button", class: "btn btn-sm btn-primary" }, "恢复未保存的内容");
      const no = element("button", { type: "button", class: "btn btn-sm btn-outline-secondary" }, "不要了");
      const row = element("div", { class: "actions" });
      row.append(yes, no);
      bar.append(element("p", {}, "本机留有 " + day(new Date(kept.at)) + " " + clock(new Date(kept.at)) + " 填写而未存到服务器的内容。"), row);
      form.prepend(bar);
      const folded = form.closest("details");
      if (folded) folded.open = true;
      yes.addEventListener("click", () => {
        for (const [name, value] of Object.entries(kept.values)) {
          const input = form.elements.namedItem(name);
          if (typedIn(form, name) && "value" in input) input.value = value;
        }
        bar.remove();
        later();
      });
      no.addEventListener("click", () => { drop(); bar.remove(); });
    } else if (kept) drop();
  });

  // Files: dropped or chosen, sent one by one with their progress.
  document.querySelectorAll("form[data-upload]").forEach((form) => {
    const input = form.querySelector("input[type=file]");
    const area = form.querySelector(".drop") || form;
    const shown = form.appendChild(element("ul", { class: "upload-list", "aria-live": "polite" }));
    const send = (file) => new Promise((resolve) => {
      const line = element("li");
      const bar = element("progress", { max: "100", value: "0", "aria-label": file.name });
      line.append(element("span", {}, file.name + " "), bar);
      shown.append(line);
      const data = new FormData(form);
      data.set(input.name, file);
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("X-Upload", "1");
      request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = Math.round(100 * event.loaded / event.total); });
      request.addEventListener("loadend", () => {
        let said = {};
        try { said = JSON.parse(request.responseText); } catch { said = {}; }
        const good = request.status >= 200 && request.status < 300;
        bar.remove();
        line.append(element("span", { class: good ? "light-green" : "light-red" }, good ? "已上传" : (said.detail || "未能上传，请再试一次。")));
        if (said.match) document.querySelectorAll("input[name=match]").forEach((other) => { other.value = said.match; });
        resolve(good);
      });
      request.send(data);
    });
    const sendAll = async (files) => {
      const results = [];
      await saved();
      for (const file of files) results.push(await send(file));
      input.value = "";
      if (results.length && results.every(Boolean)) location.reload();
    };
    input.addEventListener("change", () => { if (input.files.length && form.checkValidity()) sendAll([...input.files]); });
    area.addEventListener("dragover", (event) => { event.preventDefault(); area.classList.add("drop-over"); });
    area.addEventListener("dragleave", () => area.classList.remove("drop-over"));
    area.addEventListener("drop", (event) => {
      event.preventDefault();
      area.classList.remove("drop-over");
      if (form.reportValidity && ![...form.elements].every((one) => one === input || one.checkValidity())) { form.reportValidity(); return; }
      sendAll([...event.dataTransfer.files]);
    });
  });

  // A queue is walked by keys: J and K follow links, others open or press. A key
  // that is held down, or pressed as the page comes, was meant for the page before:
  // it decides nothing that nobody has looked at.
  const came = performance.now(), unseen = 1000;
  const keysOff = () => { try { return localStorage.getItem("bangfu:keys") === "off"; } catch { return false; } };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat || keysOff()) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    const wanted = document.querySelector("[data-key=\"" + CSS.escape(event.key.toLowerCase()) + "\"]");
    if (!wanted) return;
    event.preventDefault();
    if (wanted.matches("button") && performance.now() - came < unseen) return;
    if (wanted.matches("summary")) {
      wanted.parentElement.open = true;
      const first = wanted.parentElement.querySelector("input:not([type=hidden]), textarea");
      (first || wanted).focus();
    } else if (wanted.matches("a, button")) wanted.click();
    else wanted.focus();
  });
  document.querySelectorAll("[data-keys-switch]").forEach((box) => {
    box.checked = !keysOff();
    box.addEventListener("change", () => { try { localStorage.setItem("bangfu:keys", box.checked ? "on" : "off"); } catch { /* forbidden */ } });
  });

  // Suggestions below a text field (ARIA combobox). The server sends items
  // [{value, text, fill: {field: value}}].
  document.querySelectorAll("input[data-suggest]").forEach((input, number) => {
    const list = element("ul", { class: "suggest-list", role: "listbox", id: "suggest-" + number, "aria-label": "可选项", hidden: "" });
    input.parentElement.classList.add("suggest");
    input.insertAdjacentElement("afterend", list);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list", autocomplete: "off" })) input.setAttribute(name, value);
    let items = [], at = -1, timer = 0, asked = 0;
    const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); at = -1; };
    const mark = () => [...list.children].forEach((line, i) => {
      line.setAttribute("aria-selected", String(i === at));
      if (i === at) { input.setAttribute("aria-activedescendant", line.id); line.scrollIntoView({ block: "nearest" }); }
    });
    const choose = (item) => {
      // What is filled in counts as typed: a code is judged.
      const put = (field, value) => { field.value = value; field.dispatchEvent(new Event("change", { bubbles: true })); };
      for (const [name, value] of Object.entries(item.fill || {})) {
        const field = input.form && input.form.elements.namedItem(name);
        if (field && "value" in field) put(field, value);
      }
      close();
      put(input, item.value);
    };
    const ask = async () => {
      const text = input.value.trim(), turn = ++asked;
      if (text.length < 2) { close(); return; }
      try {
        const answer = await fetch(input.dataset.suggest + encodeURIComponent(text), { headers: { Accept: "application/json" } });
        if (!answer.ok || turn !== asked) return;
        items = (await answer.json()).items || [];
      } catch { return; }
      list.replaceChildren(...items.map((item, i) => {
        const line = element("li", { role: "option", id: list.id + "-" + i, "aria-selected": "false" }, item.text);
        line.addEventListener("mousedown", (event) => { event.preventDefault(); choose(item); });
        return line;
      }));
      list.hidden = items.length === 0;
      input.setAttribute("aria-expanded", String(items.length > 0));
      announce(items.length ? items.length + " 个可选项" : "没有匹配项");
    };
    input.addEventListener("input", (event) => { if (event.isComposing) return; clearTimeout(timer); timer = setTimeout(ask, 250); });
    input.addEventListener("compositionend", () => { clearTimeout(timer); timer = setTimeout(ask, 250); });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        at = (at + (event.key === "ArrowDown" ? 1 : items.length - 1) + (at < 0 && event.key === "ArrowUp" ? 1 : 0)) % items.length;
        mark();
      } else if (event.key === "Enter" && at >= 0) { event.preventDefault(); choose(items[at]); }
      else if (event.key === "Escape") close();
    });
  });

  // A code is judged when it is complete or pasted, not at each key. The verdict on
  // one code goes as soon as another stands in the field.
  document.querySelectorAll("input[data-code]").forEach((input) => {
    const place = document.getElementById(input.dataset.verdict);
    const tidy = () => input.value.replace(/[\s\-－—]/g, "").toUpperCase();
    let asked = tidy();
    const forget = () => { if (tidy() !== asked) { asked = ""; place.replaceChildren(); } };
    const judge = async () => {
      forget();
      const code = tidy();
      if (![9, 15, 18].includes(code.length)) return;
      asked = code;
      try {
        const answer = await fetch(input.dataset.code + encodeURIComponent(code), { headers: { Accept: "text/html", "HX-Request": "true" } });
        const verdict = answer.ok ? await answer.text() : "";
        if (asked === code) place.innerHTML = verdict;
      } catch { /* judged again when the form is sent */ }
    };
    input.addEventListener("input", forget);
    input.addEventListener("paste", () => setTimeout(judge, 0));
    input.addEventListener("change", judge);
  });

  // Rows: all of them, or a range with shift.
  document.querySelectorAll("[data-rows]").forEach((form) => {
    const boxes = () => [...form.querySelectorAll("input[data-row]")];
    const all = form.querySelector("input[data-all]");
    let last = null;
    const count = () => form.querySelectorAll("[data-chosen]").forEach((place) => { place.textContent = String(boxes().filter((box) => box.checked).length); });
    if (all) all.addEventListener("change", () => { boxes().forEach((box) => { box.checked = all.checked; }); count(); });
    form.addEventListener("click", (event) => {
      if (!event.target.matches("input[data-row]")) return;
      const now = boxes(), to = now.indexOf(event.target), from = now.indexOf(last);
      if (event.shiftKey && from >= 0) for (let i = Math.min(from, to); i <= Math.max(from, to); i++) now[i].checked = event.target.checked;
      last = event.target;
      count();
    });
  });

  // What is live names the state that it shows, and every word of the server the
  // one that there is. Where they differ, the part is asked for: what was missed in
  // whichever way, by a part that failed as by a stream that was closed, is asked for
  // at the next word. As long as none is heard, htmx asks every few seconds.
  document.querySelectorAll("[data-live]").forEach((place) => {
    if (typeof EventSource === "undefined") return;
    const silence = 40000, again = 60000;
    const note = document.querySelector("[data-live-note]"), polled = note ? note.textContent : "";
    let stream = null, live = false, timer = 0;
    const shown = () => place.querySelector("[data-state]")?.dataset.state;
    const hear = (heard) => { live = heard; if (note) note.textContent = heard ? note.dataset.liveNote : polled; };
    const close = () => { clearTimeout(timer); if (stream) stream.close(); stream = null; hear(false); };
    const open = () => {
      close();
      if (document.hidden) return;
      stream = new EventSource(place.dataset.live);
      ["watching", "changed", "beat"].forEach((name) => stream.addEventListener(name, (event) => {
        hear(true);
        clearTimeout(timer);
        timer = setTimeout(open, silence);
        if (event.data !== shown()) place.dispatchEvent(new Event("changed"));
      }));
      // The browser opens by itself what broke off, and never what was refused.
      stream.addEventListener("error", (event) => {
        hear(false);
        if (event.target.readyState === EventSource.CLOSED) { clearTimeout(timer); timer = setTimeout(open, again); }
      });
    };
    place.addEventListener("every", (event) => { if (live || document.hidden) event.stopImmediatePropagation(); }, true);
    // A page that nobody looks at holds no connection.
    document.addEventListener("visibilitychange", () => { if (document.hidden) close(); else open(); });
    open();
  });

  // Charts draw what the table beside them says.
  const draw = () => document.querySelectorAll("[data-chart]").forEach((place) => {
    if (!window.echarts || place.dataset.drawn) return;
    const option = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    place.dataset.drawn = "1";
    place.hidden = false;
    const chart = window.echarts.init(place, null, { renderer: "svg" });
    chart.setOption({ animation: false, textStyle: { fontFamily: "inherit" }, ...option });
    new ResizeObserver(() => chart.resize()).observe(place);
  });
  draw();
  document.addEventListener("htmx:after:swap", draw);

  document.querySelectorAll("[data-print]").forEach((button) => { button.hidden = false; button.addEventListener("click", () => window.print()); });
})();
