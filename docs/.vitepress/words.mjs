// The words of the site around its pages, in both languages.

export const english = {
  label: "English",
  lang: "en",
  description: "WebSocket for TypeScript, from the bytes to the channels",
  themeConfig: {
    outline: { label: "On this page", level: [2, 3] },
    consoleText: "Console",
    notFound: {
      title: "There is no such page",
      quote: "The address may be mistyped, or the page has moved.",
      linkText: "To the first page",
    },
  },
};

export const chinese = {
  label: "简体中文",
  lang: "zh-CN",
  description: "用 TypeScript 写成的 WebSocket：从字节到频道",
  themeConfig: {
    consoleText: "控制台",
    outline: { label: "本页内容", level: [2, 3] },
    docFooter: { prev: "上一篇", next: "下一篇" },
    darkModeSwitchLabel: "外观",
    lightModeSwitchTitle: "切换到浅色模式",
    darkModeSwitchTitle: "切换到深色模式",
    sidebarMenuLabel: "目录",
    returnToTopLabel: "回到顶部",
    langMenuLabel: "切换语言",
    skipToContentLabel: "跳到正文",
    notFound: {
      title: "没有这个页面",
      quote: "地址可能写错了，或者页面已经移走。",
      linkText: "回到首页",
    },
  },
};

export const chineseSearch = {
  translations: {
    button: { buttonText: "搜索", buttonAriaLabel: "搜索文档" },
    modal: {
      displayDetails: "显示详细列表",
      resetButtonTitle: "清除",
      backButtonTitle: "关闭搜索",
      noResultsText: "没有找到",
      footer: {
        selectText: "打开",
        selectKeyAriaLabel: "回车",
        navigateText: "移动",
        navigateUpKeyAriaLabel: "上箭头",
        navigateDownKeyAriaLabel: "下箭头",
        closeText: "关闭",
        closeKeyAriaLabel: "Esc",
      },
    },
  },
};
